package io.anyqueue.json;

import tools.jackson.databind.DatabindException;

/** Our own refusal of a payload or body, with a text that holds nothing of it. */
final class Refusal extends DatabindException {
    private static final long serialVersionUID = 1L;

    Refusal(String message) {
        super(message);
    }
}
