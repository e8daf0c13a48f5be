// Metrics in CloudWatch's embedded format: CloudWatch reads them from the log. No call, and nothing waits for them.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

export const MetricUnit = {
  Count: 'Count',
  Seconds: 'Seconds',
  Milliseconds: 'Milliseconds',
  NoUnit: 'None',
} as const
type Unit = (typeof MetricUnit)[keyof typeof MetricUnit]

export type Metrics = {
  /** Kept until it is published; a name may have several values. */
  addMetric(name: string, unit: Unit, value: number): void
  hasStoredMetrics(): boolean
  publishStoredMetrics(): void
}

/** CloudWatch's own: of names in one line, and of values of one name. */
const MAX = 100

/** All of `namespace`, each with the same `dimensions`. */
export function metricsOf(
  namespace: string,
  dimensions: Readonly<Record<string, string>>,
  write: (line: string) => void,
  now: () => number = Date.now,
): Metrics {
  let stored = new Map<string, { unit: Unit; values: number[] }>()

  function publishStoredMetrics(): void {
    if (stored.size === 0) return
    const Metrics = [...stored].map(([Name, { unit: Unit }]) => ({ Name, Unit }))
    const CloudWatchMetrics = [{ Namespace: namespace, Dimensions: [Object.keys(dimensions)], Metrics }]
    const values = [...stored].map(([name, { values }]) => [name, values.length === 1 ? values[0] : values])
    stored = new Map()
    write(
      JSON.stringify({ _aws: { Timestamp: now(), CloudWatchMetrics }, ...dimensions, ...Object.fromEntries(values) }),
    )
  }

  return {
    addMetric(name, unit, value) {
      const known = stored.get(name)
      if (known ? known.values.length === MAX : stored.size === MAX) publishStoredMetrics()
      const metric = stored.get(name) ?? { unit, values: [] }
      metric.values.push(value)
      stored.set(name, metric)
    },
    hasStoredMetrics: () => stored.size > 0,
    publishStoredMetrics,
  }
}
