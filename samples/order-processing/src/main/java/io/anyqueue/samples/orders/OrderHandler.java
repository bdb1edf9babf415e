package io.anyqueue.samples.orders;

import io.anyqueue.Address;
import io.anyqueue.HandlingException;
import io.anyqueue.MessageContext;
import io.anyqueue.MessageHandler;
import io.anyqueue.samples.orders.Outcome.Accepted;
import io.anyqueue.samples.orders.Outcome.Cancelled;
import io.anyqueue.samples.orders.Outcome.DeadLettered;
import java.io.IOException;
import java.util.Optional;

/**
 * Decides what becomes of an order, notes it, and says so to whom it concerns.
 *
 * <p>The process may be killed at any point, and the message then comes again. So the decision is noted before anything
 * follows from it, and an order with a noted decision is not decided (and not paid) again; what follows from it, the event or
 * the dead letter, is repeated and has the same id. Safe for use by any thread.
 */
final class OrderHandler implements MessageHandler<Order> {
    private final Outcomes outcomes;
    private final Payments payments;
    private final DeadLetterAudit audit;
    private final Address<OrderAccepted> events;

    OrderHandler(Outcomes outcomes, Payments payments, DeadLetterAudit audit, Address<OrderAccepted> events) {
        this.outcomes = outcomes;
        this.payments = payments;
        this.audit = audit;
        this.events = events;
    }

    @Override
    public void handle(Order order, MessageContext context) throws IOException {
        Optional<Outcome> earlier = outcomes.find(order.orderId());
        Outcome outcome = earlier.isPresent() ? earlier.get() : decide(order, context.attempt());
        outcomes.settle(order.orderId(), outcome);
        if (outcome instanceof Accepted accepted) {
            // Goes out once this method has returned, and before the order is acknowledged.
            context.send(events, new OrderAccepted(order.orderId(), order.customerId(), accepted.revenue()));
        } else if (outcome instanceof DeadLettered dead) {
            audit.expect(order.orderId());
            throw HandlingException.permanent(dead.reason());
        }
    }

    private Outcome decide(Order order, int attempt) throws IOException {
        if (order.cancels()) {
            return new Cancelled();
        }
        if (!order.hasCustomer()) {
            return new DeadLettered("no customer");
        }
        if (order.lines().stream().anyMatch(line -> line.quantity() <= 0)) {
            return new DeadLettered("quantity <= 0");
        }
        if (order.lines().stream().anyMatch(line -> line.unitPrice().signum() <= 0)) {
            return new DeadLettered("unit price <= 0");
        }
        payments.charge(order.orderId(), attempt);
        return new Accepted(order.total(), attempt - 1);
    }
}
