/** Certificates for brokers and clients of tests: {@link io.anyqueue.testbrokers.tls.TestCertificates}. */
@NullMarked
package io.anyqueue.testbrokers.tls;

import org.jspecify.annotations.NullMarked;
