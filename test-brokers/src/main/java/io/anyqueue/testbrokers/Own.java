package io.anyqueue.testbrokers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a parameter of a test: a broker that nobody else uses, and that is closed at the end of the test, or of the class if the
 * parameter belongs to a constructor or a {@code @BeforeAll} method. For tests that change the whole broker or leave it broken.
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface Own {}
