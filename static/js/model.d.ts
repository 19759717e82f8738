/** The view models, as the server's presenters make them. Times are ISO 8601 UTC, durations seconds, sizes bytes. */
import type { Chart, Series } from './series.js';

export type Level = 'critical' | 'warning';
export type TaskState = 'pending' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'lost';
export type Counts = Record<TaskState, number>;
type Maybe<T> = T | null | undefined;
/** `gone` is ours: the row left the list while the pointer was on it. */
type Keyed = { id: string; gone?: boolean };

export interface Page {
  view: string; rev: number; now: string; behind_ms: Maybe<number>;
  collector: 'live' | 'stale' | 'none'; stale_since: Maybe<string>;
}
export interface Incident extends Keyed { level: Level; text: string; since: Maybe<string>; href: Maybe<string> }
export interface Figure { value: Maybe<number>; of?: Maybe<number>; series: Maybe<Series> }
export interface RunRow extends Keyed {
  short?: string; name: string; state: string; exit_code: Maybe<number>; started_at: Maybe<string>; finished_at: Maybe<string>;
  progress: Maybe<number>; eta_s: Maybe<number>; tasks: Counts; workers: number; dropped: number; href: string;
}
export interface PoolRow extends Keyed {
  name: string; kind: string; run: string; size: Maybe<number>; busy: Maybe<number>; depth: Maybe<number>; per_s: Maybe<number>;
  p95_s: Maybe<number>; progress: Maybe<number>; eta_s: Maybe<number>; depth_series: Maybe<Series>; state: string; href: string;
}
export interface RunningRow extends Keyed {
  task_id: Maybe<number | string>; run: string; func: string; args: Maybe<string>; index: Maybe<number>; of: Maybe<number>; pid: Maybe<number>;
  since: Maybe<string>; p95_s: Maybe<number>; p99_s: Maybe<number>; cpu: Maybe<number>; rss: Maybe<number>; stuck: boolean; href: Maybe<string>;
}
export interface Overview extends Page {
  incidents: Incident[]; watching: { runs: number; workers: number }; cards: Record<'busy' | 'throughput' | 'failed' | 'waiting' | 'memory', Figure>;
  runs: RunRow[]; pools: PoolRow[]; running: RunningRow[];
}
export interface Current {
  task_id: Maybe<number | string>; func: string; args: Maybe<string>; index: Maybe<number>; since: Maybe<string>; stuck?: boolean; href?: Maybe<string>;
}
export interface Node extends Keyed {
  parent: Maybe<string>; depth: number; order: number; kind: string; pid: Maybe<number>; name: Maybe<string>; state: string; exit_code: Maybe<number>;
  signal: Maybe<string | number>; reason: Maybe<string>; tasks_done: Maybe<number>; current: Maybe<Current>; cpu: Maybe<number>; rss: Maybe<number>;
  retired?: number; deliberate?: boolean; unobserved?: Maybe<string>;
  /** Of a pool: what became of its workers, in words. */
  worn?: string;
  daemon?: boolean | null;
  start_method?: string | null;
  orphaned_since?: string | null;
  zombie_since?: string | null;
  cpu_series: Maybe<Series>; rss_series: Maybe<Series>; started_at: Maybe<string>; ended_at: Maybe<string>;
  pool: Maybe<{ size: Maybe<number>; busy: Maybe<number>; depth: Maybe<number>; progress: Maybe<number>; eta_s: Maybe<number>; per_s: Maybe<number>; p95_s: Maybe<number> }>;
}
export interface Failure extends Keyed {
  task_id: Maybe<number | string>; func: string; type: string; message: string; args: Maybe<string>; at: string; pid: Maybe<number>; href: string;
}
export interface Load {
  pool: string; achieved: string; workers: number; tasks: number; verdict: string; parts: { what: string; share: number; s: Maybe<number> }[];
  better: { func: Maybe<string>; method: string; items: number; chunksize: number; better: number; gain: number }[];
}
export interface Log { at: Maybe<string>; pid: Maybe<number>; source: string; level: Maybe<number>; logger: Maybe<string>; site: Maybe<string>; message: string }
export interface Run extends Page {
  run: RunRow & {
    argv: Maybe<string[]>; cwd: Maybe<string>; host: Maybe<string>; python: Maybe<string>; start_method: Maybe<string>;
    notes: Maybe<string[]>; drops: Maybe<{ reason: string; n: number; pid: Maybe<number>; since: Maybe<string> }[]>;
  };
  incidents: Incident[]; nodes: Node[]; failures: Failure[]; loads: Load[]; charts: Record<'depth' | 'cpu' | 'memory', Chart>;
}
export interface TaskRow extends Keyed {
  href: string; run: string; run_name?: string; pool: Maybe<string>; batch: Maybe<number>; index: Maybe<number>; of?: Maybe<number>; func: string; state: TaskState;
  args: Maybe<string>; submitted_at: Maybe<string>; started_at: Maybe<string>; finished_at: Maybe<string>; wait_s: Maybe<number>; run_s: Maybe<number>;
  pid: Maybe<number>; reason?: Maybe<string>; exception: Maybe<{ type: string; message: string }>;
  transfer_s?: Maybe<number>; bytes_in?: Maybe<number>; bytes_out?: Maybe<number>; progress?: Maybe<{ done: number; total: Maybe<number>; text: string }>;
}
export interface Tasks extends Page {
  query: string; error: Maybe<string | { message: string }>; rows: TaskRow[]; next: Maybe<number | string>; searched_to: Maybe<string>;
  facets?: Record<string, string[]>;
}
export interface Frame { file: string; line: number; func: string; source: Maybe<string>; ours: boolean }
export interface Raised { type: string; message: string; frames: Frame[]; causes: Raised[]; link?: Maybe<string> }
export interface Stop { state: string; at: Maybe<string>; after_s: Maybe<number>; note: Maybe<string> }
export interface Recent { id: string; run_s: number | null; state: string; this: boolean }
export interface Task extends Page {
  task: TaskRow & { thread?: Maybe<string>; pool_kind?: Maybe<string> };
  path: Stop[]; logs?: Log[]; exception: Maybe<Raised>; recent: Maybe<{ runs: Recent[]; p50_s: Maybe<number>; p99_s: Maybe<number> }>;
  worker: Maybe<{ pid: number; name: Maybe<string>; state: string; signal: Maybe<string | number>; reason: Maybe<string>; rss_series: Maybe<Series> }>;
}
export interface Person {
  pid: number; name: Maybe<string>; what: string; since: Maybe<string>; site: Maybe<string>; place: Maybe<string>; alive: boolean; href: string;
}
export interface Shared extends Keyed {
  kind: string; name: string; site: Maybe<string>; place: Maybe<string>; pid: Maybe<number>; state: string; dead: boolean;
  holders: Person[]; waiters: Person[]; more_waiters: number;
}
export interface Lock extends Shared { acquired: number; contended: number; wait_p95_s: Maybe<number>; hold_p95_s: Maybe<number> }
export interface End { pid: number; name: Maybe<string>; items: number; bytes: number; href: string }
export interface Channel extends Shared {
  depth: Maybe<number>; maxsize: Maybe<number>; unfinished: Maybe<number>; items_in: number; items_out: number; bytes_in: number; bytes_out: number;
  wait_p95_s: Maybe<number>; blocked_s: Maybe<number>; producers: End[]; consumers: End[]; more_producers: number; more_consumers: number; depth_series: Maybe<Series>;
}
export interface Memory extends Shared { bytes: Maybe<number>; acquired: number; contended: number; by: number[]; more: number }
export interface Called extends Shared { calls: number; call_p95_s: Maybe<number>; by: number[]; more: number }
export interface Sync extends Page {
  run: RunRow & { notes: Maybe<string[]> }; incidents: Incident[]; locks: Lock[]; channels: Channel[]; shared: Memory[]; calls: Called[]; more: number;
}
