package io.anyqueue.spi;

/**
 * A user's name and password. Immutable; the text form holds no secret (rule ERR-2).
 *
 * @param username the name
 * @param password the password; may be empty
 */
public record Credentials(String username, String password) {
    /** {@return the name and a mask} */
    @Override
    public String toString() {
        return username + ":***";
    }
}
