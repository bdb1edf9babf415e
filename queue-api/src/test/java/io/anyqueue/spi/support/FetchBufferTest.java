package io.anyqueue.spi.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.anyqueue.ErrorCode;
import io.anyqueue.QueueException;
import io.anyqueue.spi.Delivery;
import io.anyqueue.spi.support.FetchBuffer.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FetchBufferTest {
    private final FetchBuffer buffer = new FetchBuffer();

    @Test
    void BKP_1_asks_for_no_more_than_the_window_has_room_for() {
        buffer.window(5, 100);
        assertThat(buffer.next()).extracting(Work::messages, Work::bytes).containsExactly(5, 100L);

        assertThat(buffer.add(deliveries(10, 1, 2, 3))).isTrue();

        assertThat(buffer.next()).extracting(Work::messages, Work::bytes).containsExactly(2, 70L);
    }

    @Test
    void polls_in_order_within_the_limits() {
        buffer.window(10, 1000);
        boolean unused = buffer.add(deliveries(10, 1, 2, 3, 4));

        assertThat(poll(2, 1000)).containsExactly("1", "2");
        assertThat(poll(5, 15)).containsExactly("3");
        assertThat(poll(5, 1)).as("one at least").containsExactly("4");
        assertThat(poll(5, 1000)).isEmpty();
        assertThat(buffer.next().bytes()).isEqualTo(1000);
    }

    @Test
    void what_a_failing_callback_was_not_given_is_polled_again() {
        buffer.window(4, 1000);
        boolean unused = buffer.add(deliveries(10, 1, 2, 3, 4));
        List<Delivery> given = new ArrayList<>();

        assertThatThrownBy(() -> buffer.poll(4, 1000, delivery -> {
                    given.add(delivery);
                    if (given.size() == 2) {
                        throw new IllegalStateException("the second");
                    }
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(ids(given)).containsExactly("1", "2");
        assertThat(buffer.next().bytes()).isEqualTo(980);
        assertThat(poll(9, 1000)).containsExactly("3", "4");
        assertThat(buffer.next().bytes()).isEqualTo(1000);
    }

    @Test
    void refuses_negative_windows_and_empty_polls() {
        for (Runnable wrong : List.<Runnable>of(
                () -> buffer.window(-1, 0), () -> buffer.window(1, -1), () -> buffer.poll(0, 1, delivery -> {}))) {
            assertThatThrownBy(wrong::run)
                    .isInstanceOf(QueueException.class)
                    .extracting("code")
                    .isEqualTo(ErrorCode.INVALID_ARGUMENT);
        }
    }

    @Test
    void a_smaller_window_gives_the_newest_back() {
        buffer.window(4, 1000);
        boolean unused = buffer.add(deliveries(10, 1, 2, 3, 4));
        buffer.window(3, 1000);
        buffer.window(2, 1000);

        assertThat(ids(buffer.next().giveBack())).containsExactly("3", "4");
        assertThat(poll(9, 1000)).containsExactly("1", "2");
    }

    @Test
    void fewer_bytes_give_the_newest_back_but_for_one() {
        buffer.window(4, 1000);
        boolean unused = buffer.add(deliveries(10, 1, 2, 3, 4));
        buffer.window(4, 25);
        assertThat(ids(buffer.next().giveBack())).containsExactly("3", "4");

        buffer.window(4, 5);
        assertThat(ids(buffer.next().giveBack())).containsExactly("2");
        assertThat(poll(9, 1000)).containsExactly("1");
    }

    @Test
    void bytes_overshot_by_a_fetch_are_kept() {
        buffer.window(9, 15);
        assertThat(buffer.add(deliveries(10, 1, 2, 3))).isTrue();
        buffer.goOn();
        buffer.close();

        assertThat(buffer.next().giveBack()).hasSize(3);
    }

    @Test
    void BKP_4_a_pause_gives_everything_back_even_what_is_being_fetched() {
        buffer.window(9, 100);
        boolean unused = buffer.add(deliveries(1, 1, 2));
        buffer.window(0, 0);

        assertThat(poll(9, 100)).isEmpty();
        assertThat(buffer.add(deliveries(1, 3))).isFalse();
        assertThat(ids(buffer.next().giveBack())).containsExactly("1", "2", "3");
    }

    @Test
    void nothing_overtakes_what_goes_back() {
        buffer.window(3, 100);
        boolean unused = buffer.add(deliveries(1, 1, 2));
        buffer.window(1, 100);
        buffer.window(3, 100);

        assertThat(buffer.add(deliveries(1, 3))).isFalse();
        assertThat(ids(buffer.next().giveBack())).containsExactly("2", "3");
        assertThat(buffer.add(deliveries(1, 2))).isTrue();
        assertThat(poll(9, 100)).containsExactly("1", "2");
    }

    @Test
    void what_is_held_back_fetches_nothing() {
        buffer.window(3, 100);
        boolean unused = buffer.add(deliveries(1, 1));
        buffer.hold();
        buffer.leasesDue();
        Work held = buffer.next();
        assertThat(held.messages()).isZero();
        assertThat(ids(held.keepLeased())).containsExactly("1");

        buffer.goOn();
        assertThat(buffer.next().messages()).isEqualTo(2);
    }

    @Test
    void a_dropped_delivery_frees_its_room() {
        buffer.window(3, 100);
        List<Delivery> two = deliveries(40, 1, 2);
        boolean unused = buffer.add(two);
        buffer.drop(two.get(0));
        buffer.drop(two.get(0));

        assertThat(buffer.next()).extracting(Work::messages, Work::bytes).containsExactly(2, 60L);
        assertThat(poll(9, 100)).containsExactly("2");
    }

    @Test
    void closing_gives_everything_back_and_hands_out_nothing_more() {
        buffer.window(9, 100);
        boolean unused = buffer.add(deliveries(1, 1, 2));
        buffer.close();

        assertThat(poll(9, 100)).isEmpty();
        assertThat(buffer.add(deliveries(1, 3))).isFalse();
        Work last = buffer.next();
        assertThat(last.closed()).isTrue();
        assertThat(ids(last.giveBack())).containsExactly("1", "2", "3");
    }

    @Test
    void pauses_double_up_to_a_bound_and_vary() {
        Backoff backoff = new Backoff(new SplittableRandom(1));
        for (long most = 100; most < 5000; most *= 2) {
            assertThat(backoff.next().toMillis()).isBetween(most / 2, most);
        }
        assertThat(backoff.next().toMillis()).isBetween(2500L, 5000L);
        assertThat(backoff.next()).isNotEqualTo(backoff.next());

        backoff.reset();
        assertThat(backoff.next().toMillis()).isBetween(50L, 100L);
    }

    private List<String> poll(int max, long bytes) {
        List<Delivery> polled = new ArrayList<>();
        assertThat(buffer.poll(max, bytes, polled::add)).isEqualTo(polled.size());
        return ids(polled);
    }

    private static List<Delivery> deliveries(int size, int... ids) {
        List<Delivery> deliveries = new ArrayList<>();
        for (int id : ids) {
            deliveries.add(new FakeDelivery(Integer.toString(id), size, Long.MAX_VALUE));
        }
        return deliveries;
    }

    private static List<String> ids(List<Delivery> deliveries) {
        return deliveries.stream().map(delivery -> delivery.message().id()).toList();
    }
}
