package io.anyqueue;

import java.util.Map;

/**
 * What a broker can do for one destination, and how (rule CAP-1). Immutable; safe for use by any thread.
 *
 * @param broker the broker's name and version, for messages
 * @param features the support for each feature; one that is missing is absent
 * @param limits the limits
 * @param leases how the broker takes back what is not settled
 */
public record Capabilities(String broker, Map<Feature, Support> features, Limits limits, LeaseModel leases) {
    private static final Support UNKNOWN =
            Support.absent("the adapter does not declare it", "use a broker that has it, see the capability table");

    /**
     * Copies the map.
     *
     * @param broker the broker's name and version, for messages
     * @param features the support for each feature; one that is missing is absent
     * @param limits the limits
     * @param leases how the broker takes back what is not settled
     */
    public Capabilities {
        features = Map.copyOf(features);
    }

    /**
     * Tells how a feature is supported.
     *
     * @param feature the feature
     * @return the support
     */
    public Support support(Feature feature) {
        return features.getOrDefault(feature, UNKNOWN);
    }

    /**
     * Tells whether a feature can be had.
     *
     * @param feature the feature
     * @return whether it is native or emulated
     */
    public boolean has(Feature feature) {
        return support(feature).available();
    }

    /**
     * Refuses a request for a feature that cannot be had.
     *
     * @param feature the feature
     * @param what who asks for it, for the message
     * @throws QueueException UNSUPPORTED with the reason and the remedy, if it is absent
     */
    public void require(Feature feature, String what) {
        if (support(feature) instanceof Support.Absent absent) {
            throw new QueueException(
                    ErrorCode.UNSUPPORTED,
                    what + " needs " + feature + ", which " + broker + " does not have: " + absent.reason() + "; "
                            + absent.remedy());
        }
    }
}
