export type { Probe, ProbeResult } from './probe.ts';
export { startProbe, type ProbeCounters, type RunningProbe, type StartProbeOptions } from './start-probe.ts';
export type { Threshold } from './threshold.ts';
export { eventLoopDelayProbe, type DelayHistogram, type EventLoopDelayOptions } from './event-loop-delay-probe.ts';
export { memoryProbe, type MemoryOptions, type MemoryReading } from './memory-probe.ts';
export { diskSpaceProbe, type DiskSpaceOptions } from './disk-space-probe.ts';
export { callProbe, type CallOptions } from './call-probe.ts';
