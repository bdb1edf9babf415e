package io.anyqueue.samples.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueClient;
import io.anyqueue.QueueException;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class P09_RequestReplyTest {
    @Test
    void asksOneClientAndIsAnsweredByAnother() {
        try (QueueClient server = QueueClient.connect("inmemory:p09");
                QueueClient client = QueueClient.connect("inmemory:p09")) {
            P09_RequestReply.server(server);
            assertThat(P09_RequestReply.ask(client)).isEqualTo(199);
        }
    }

    @Test
    void waitsNoLongerThanItsTimeOut() {
        try (QueueClient client = QueueClient.connect("inmemory:")) {
            QueueException failure =
                    Assertions.catchThrowableOfType(QueueException.class, () -> P09_RequestReply.ask(client));
            assertThat(failure.code()).isEqualTo(ErrorCode.TIMEOUT);
            assertThat(failure.maybeStored()).isTrue();
        }
    }
}
