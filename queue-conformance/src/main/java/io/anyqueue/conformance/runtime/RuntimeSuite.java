package io.anyqueue.conformance.runtime;

import io.anyqueue.conformance.kit.Case;
import java.util.List;
import java.util.stream.Stream;

/** All cases that go through {@code QueueClient}. */
public final class RuntimeSuite {
    private RuntimeSuite() {}

    /** {@return the cases, in the order of the report} */
    public static List<Case> cases() {
        return Stream.of(
                        SendingCases.all(),
                        MetadataCases.all(),
                        ConsumeCases.all(),
                        RetryCases.all(),
                        FailureKindCases.all(),
                        DeadLetterCases.all(),
                        RedriveCases.all(),
                        OrderCases.all(),
                        ParkingCases.all(),
                        TopicCases.all(),
                        TimingCases.all(),
                        IdempotencyCases.all(),
                        ExactlyOnceCases.all(),
                        BatchCases.all(),
                        RequestCases.all(),
                        FlowCases.all(),
                        StopCases.all(),
                        CloseCases.all(),
                        OutageCases.all(),
                        MisuseCases.all())
                .flatMap(List::stream)
                .toList();
    }
}
