package io.anyqueue.samples.orders;

/** A line of the input that is no order. Its message says what is wrong, in one line. */
final class MalformedOrderException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int MAX_LENGTH = 200;

    MalformedOrderException(String message) {
        super(oneLine(message));
    }

    MalformedOrderException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** The message may quote the line, which may hold anything: also what would play tricks on a terminal. */
    static String oneLine(String text) {
        String clean = text.replaceAll("\\p{C}+", " ").strip();
        return clean.length() <= MAX_LENGTH ? clean : clean.substring(0, MAX_LENGTH) + "...";
    }
}
