package io.anyqueue.samples.orders;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds out whether somebody watches. */
final class Terminal {
    private Terminal() {}

    /** {@return whether the standard error, to which progress goes, is a terminal} */
    static boolean isStandardError() {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/2")).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException e) {
            // Not Linux. The JDK knows of the standard input and output only, which is right most of the time.
            return hasConsole();
        }
    }

    /** Until JDK 21 there is a console only where there is a terminal; from 22 on it is to be asked. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean hasConsole() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }
}
