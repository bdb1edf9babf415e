package io.anyqueue.core.config;

import java.time.Duration;

/**
 * The send gate (rule SND-6).
 *
 * @param failWhenFull whether a send fails at once when the gate is full, rather than wait
 * @param maxWait how long a send waits for room
 * @param messages most messages in flight
 * @param bytes most bytes in flight
 */
public record SendSettings(boolean failWhenFull, Duration maxWait, int messages, long bytes) {
    static final SendSettings DEFAULT = new SendSettings(false, Duration.ofSeconds(10), 10_000, 32L * 1024 * 1024);
}
