// SPDX-License-Identifier: Apache-2.0
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Transactions of Kafka's own client, one after the other: BROKERS TOPIC COUNT SIZE PER_TRANSACTION WARMUP. */
public class TransactionBench {
    private static final AtomicLong delivered = new AtomicLong();
    private static final AtomicLong failed = new AtomicLong();

    public static void main(String[] arguments) throws Exception {
        long count = Long.parseLong(arguments[2]);
        int size = Integer.parseInt(arguments[3]);
        int perTransaction = Integer.parseInt(arguments[4]);
        Properties properties = new Properties();
        properties.put("bootstrap.servers", arguments[0]);
        properties.put("key.serializer", ByteArraySerializer.class.getName());
        properties.put("value.serializer", ByteArraySerializer.class.getName());
        properties.put("transactional.id", "benchmark-java");
        properties.put("linger.ms", "5");
        properties.put("batch.size", "1000000");
        properties.put("buffer.memory", "67108864");
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(properties)) {
            producer.initTransactions();
            send(producer, arguments[1], Long.parseLong(arguments[5]), size, perTransaction);
            delivered.set(0);
            long cpu = system.getProcessCpuTime();
            long start = System.nanoTime();
            send(producer, arguments[1], count, size, perTransaction);
            double seconds = (System.nanoTime() - start) / 1e9;
            double cost = (double) (system.getProcessCpuTime() - cpu) / Math.max(count, 1);
            System.out.printf(
                "java sz=%d N=%d delivered=%d failed=%d %.0f msg/s cpu_ns/msg=%.0f rss=%dMB%n",
                size, count, delivered.get(), failed.get(), count / seconds, cost, residentMegabytes());
        }
    }

    private static void send(
            KafkaProducer<byte[], byte[]> producer, String topic, long count, int size, int perTransaction) {
        byte[] value = new byte[size];
        for (long sent = 0; sent < count; sent += perTransaction) {
            producer.beginTransaction();
            for (long left = Math.min(perTransaction, count - sent); left > 0; left--) {
                producer.send(new ProducerRecord<>(topic, value), (metadata, error) ->
                    (error == null ? delivered : failed).incrementAndGet());
            }
            producer.commitTransaction();
        }
    }

    private static long residentMegabytes() throws Exception {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) return 0;
        for (String line : Files.readAllLines(status)) {
            if (line.startsWith("VmHWM")) return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024;
        }
        return 0;
    }
}
