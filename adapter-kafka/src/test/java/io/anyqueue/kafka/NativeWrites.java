package io.anyqueue.kafka;

import io.anyqueue.conformance.NativeAccess;
import io.anyqueue.spi.Endpoint;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Writes with the client library, as a foreign program would. */
record NativeWrites(String servers) implements NativeAccess {
    /** Writes a record without key and value. */
    void writeNull(Endpoint target) throws Exception {
        send(new ProducerRecord<>(target.physicalName(), null));
    }

    @Override
    public void write(Endpoint target, Map<String, String> headers, byte[] body) throws Exception {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(target.physicalName(), body);
        headers.forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        send(record);
    }

    private void send(ProducerRecord<byte[], byte[]> record) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", servers), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(record).get(10, TimeUnit.SECONDS);
        }
    }
}
