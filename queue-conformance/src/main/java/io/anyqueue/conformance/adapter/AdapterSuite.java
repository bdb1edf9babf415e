package io.anyqueue.conformance.adapter;

import io.anyqueue.conformance.kit.Case;
import io.anyqueue.conformance.model.DifferentialCases;
import java.util.List;
import java.util.stream.Stream;

/** All cases that need the SPI alone. */
public final class AdapterSuite {
    private AdapterSuite() {}

    /** {@return the cases, in the order of the report} */
    public static List<Case> cases() {
        return Stream.of(
                        SendCases.all(),
                        SendOrderCases.all(),
                        SendLimitCases.all(),
                        DurabilityCases.all(),
                        FidelityCases.all(),
                        HeaderCases.all(),
                        ReceiveCases.all(),
                        CountCases.all(),
                        WindowCases.all(),
                        ForeignCases.all(),
                        PollCases.all(),
                        LeaseCases.all(),
                        SettleCases.all(),
                        SettleOrderCases.all(),
                        ForwardCases.all(),
                        OrderCases.all(),
                        KeyCases.all(),
                        FailOverCases.all(),
                        DelayCases.all(),
                        TopicCases.all(),
                        TopologyCases.all(),
                        InspectionCases.all(),
                        CapabilityCases.all(),
                        GiveBackCases.all(),
                        LifecycleCases.all(),
                        ErrorCases.all(),
                        MisuseCases.all(),
                        CallbackCases.all(),
                        OwnershipCases.all(),
                        OutageCases.all(),
                        DifferentialCases.all())
                .flatMap(List::stream)
                .toList();
    }
}
