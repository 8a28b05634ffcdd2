// SPDX-License-Identifier: Apache-2.0

#if MetricsSupport
public import Metrics

extension AsyncProducer.Configuration {
    /// Where the producer's metrics go; nil, the default, is `MetricsSystem.factory` as it is in the task that makes the
    /// producer. `NOOPMetricsHandler.instance` turns them off.
    ///
    /// Nothing else has to be set up. Which metrics there are: <doc:Observability>. Make the producer after the
    /// `MetricsSystem` was set up.
    public var metricsFactory: (any MetricsFactory)? {
        get { integrations.metricsFactory as? any MetricsFactory }
        set { integrations.metricsFactory = newValue }
    }
}
#endif
