package io.anyqueue.spi;

import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The settings below {@code anyqueue.tls} (rule SEC-1). Immutable; the text form holds no secret: keys are named, not shown.
 *
 * @param ca the file with the certificates that are trusted (PEM)
 * @param certificate the file with the client's certificate (PEM)
 * @param key the file with the client's private key (PEM)
 * @param verifyHost whether the host's name must be that of the certificate; default true
 * @param context a context made by the application, in place of the files
 */
public record TlsOptions(
        Optional<String> ca,
        Optional<String> certificate,
        Optional<String> key,
        boolean verifyHost,
        Optional<SSLContext> context) {
    /** Nothing set: the platform's trust store, host names verified. */
    public static final TlsOptions DEFAULT =
            new TlsOptions(Optional.empty(), Optional.empty(), Optional.empty(), true, Optional.empty());
}
