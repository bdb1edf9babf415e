package io.anyqueue.test;

import java.util.ArrayList;
import java.util.List;

/** Says of the nth event after a call that it is the one. Used by the test's thread. */
final class Countdowns {
    private List<Integer> left = new ArrayList<>();

    void arm(int n) {
        left.add(n);
    }

    /** {@return whether this event, which is counted, is one that was armed} */
    boolean hit() {
        int before = left.size();
        left = new ArrayList<>(left.stream().map(n -> n - 1).filter(n -> n > 0).toList());
        return left.size() < before;
    }
}
