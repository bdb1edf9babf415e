package io.anyqueue.conformance.model;

import io.anyqueue.conformance.model.Command.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A list of commands for a shape. Immutable.
 *
 * @param shape what it runs on
 * @param commands the commands
 */
record Program(Shape shape, List<Command> commands) {
    static final int CONSUMERS = 3;
    static final int KEYS = 3;
    private static final List<Verb> VERBS = List.of(Verb.values());

    Program {
        commands = List.copyOf(commands);
    }

    /** {@return a program that is the same for the same seed} */
    static Program random(long seed, List<Shape> shapes, int length) {
        Random random = new Random(seed);
        random.nextInt();
        Shape shape = shapes.get(random.nextInt(shapes.size()));
        List<Command> commands = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            commands.add(command(random, shape));
        }
        return new Program(shape, commands);
    }

    private static Command command(Random random, Shape shape) {
        int consumer = random.nextInt(CONSUMERS + (shape.topic() ? 1 : 0));
        int place = random.nextInt(4);
        int kind = random.nextInt(100);
        if (kind < 20) {
            int delay = !shape.ordered() && random.nextInt(4) == 0 ? 20 + random.nextInt(100) : 0;
            return new Command.Send(1 + random.nextInt(4), random.nextInt(KEYS), delay);
        } else if (kind < 50) {
            return new Command.Receive(consumer, 1 + random.nextInt(4));
        } else if (kind < 62) {
            return new Command.Ack(consumer, place, 1 + random.nextInt(3));
        } else if (kind < 72) {
            int delay = random.nextInt(3) == 0 ? 20 + random.nextInt(100) : 0;
            return new Command.Release(consumer, place, 1 + random.nextInt(3), delay, random.nextBoolean());
        } else if (kind < 84) {
            return rarer(random, shape, consumer, place);
        }
        return new Command.Advance(random.nextInt(3) == 0 ? 110 : 10 + random.nextInt(60));
    }

    private static Command rarer(Random random, Shape shape, int consumer, int place) {
        return switch (random.nextInt(12)) {
            case 0, 1 -> new Command.Extend(consumer, place);
            case 2, 3 -> new Command.Forward(consumer, place);
            case 4, 5, 6 ->
                new Command.SettleLate(consumer, random.nextInt(8), VERBS.get(random.nextInt(VERBS.size())));
            case 7 -> new Command.Abandon(consumer);
            case 8, 9 -> new Command.Reopen(consumer);
            case 10 -> new Command.Crash(random.nextInt(2));
            default -> shape.topic() ? new Command.Subscribe() : new Command.Abandon(consumer);
        };
    }

    Program with(List<Command> other) {
        return new Program(shape, other);
    }

    /** {@return one command in a line} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("on a new ").append(shape).append(":\n");
        for (int i = 0; i < commands.size(); i++) {
            text.append("    ")
                    .append(i + 1)
                    .append(". ")
                    .append(commands.get(i))
                    .append('\n');
        }
        return text.toString();
    }
}
