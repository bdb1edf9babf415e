package io.anyqueue.kafka;

import io.anyqueue.spi.Broker;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListGroupsOptions;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.RequestHeader;
import org.awaitility.Awaitility;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the memberships of a client from it, as the broker does when a client has been silent for the session's time-out: cut connections
 * alone end no session. The client is told when it asks next.
 */
record Crashes(String servers) {
    private static final Logger LOG = LoggerFactory.getLogger(Crashes.class);
    private static final long NOTICED_MILLIS = 3_000;

    void crash(Broker client) {
        Admin admin = Awaitility.await()
                .atMost(10, TimeUnit.SECONDS)
                .until(() -> client.unwrap(Admin.class), java.util.Optional::isPresent)
                .orElseThrow();
        String id = admin.metrics().keySet().iterator().next().tags().get("client-id");
        String prefix = id.substring(0, id.lastIndexOf("admin"));
        try (Admin own = Admin.create(Map.of("bootstrap.servers", servers))) {
            List<String> groups =
                    own.listGroups(ListGroupsOptions.forConsumerGroups()).all().get(10, TimeUnit.SECONDS).stream()
                            .map(GroupListing::groupId)
                            .toList();
            for (var described :
                    own.describeConsumerGroups(groups).describedGroups().values()) {
                try {
                    end(described.get(10, TimeUnit.SECONDS), prefix);
                } catch (java.util.concurrent.ExecutionException e) {
                    LOG.debug("a group was deleted meanwhile, by another case", e);
                }
            }
            // It hears of it with its next heartbeat, and its handlers with the next poll. Nothing outside tells when
            // that was, and whether it joins again depends on its window; so this is a time, of some heartbeats.
            Awaitility.await().pollDelay(NOTICED_MILLIS, TimeUnit.MILLISECONDS).until(() -> true);
        } catch (Exception e) {
            throw new IllegalStateException("no crash", e);
        }
    }

    private void end(ConsumerGroupDescription group, String prefix) throws Exception {
        List<String> members = new ArrayList<>();
        for (MemberDescription member : group.members()) {
            if (member.clientId().startsWith(prefix)) {
                members.add(member.consumerId());
            }
        }
        for (String member : members) {
            boolean classic = group.type() == org.apache.kafka.common.GroupType.CLASSIC;
            ask(
                    classic
                            ? new LeaveGroupRequest.Builder(
                                            group.groupId(), List.of(new MemberIdentity().setMemberId(member)))
                                    .build()
                            : new ConsumerGroupHeartbeatRequest.Builder(new ConsumerGroupHeartbeatRequestData()
                                            .setGroupId(group.groupId())
                                            .setMemberId(member)
                                            .setMemberEpoch(-1))
                                    .build());
        }
    }

    private void ask(AbstractRequest request) throws Exception {
        String[] server = servers.split(":", 2);
        try (Socket socket = new Socket(server[0], Integer.parseInt(server[1]))) {
            socket.setSoTimeout(10_000);
            RequestHeader header = new RequestHeader(request.apiKey(), request.version(), "crash", 1);
            ByteBuffer bytes = request.serializeWithHeader(header);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(bytes.remaining());
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            out.flush();
            DataInputStream in = new DataInputStream(socket.getInputStream());
            in.skipNBytes(in.readInt());
        }
    }
}
