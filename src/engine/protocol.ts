import type { ErrorCode } from '../errors.ts';
import type { DrawSummary, EngineDrawEvent, EngineHealth } from '../types/engine.ts';
import type { DrawRequest } from '../types/model.ts';
import type { Device, DeviceChoice } from '../types/runtime.ts';

/**
 * What the engine process and the one that started it say to each other: structured clones over
 * the IPC channel, so typed arrays travel as they are. One draw at a time.
 */

/** Which model: its family's name is that of a file in `models/`. */
export interface ModelRef {
  family: string;
  folder: string;
}

export interface EngineSettings {
  device: DeviceChoice;
  /** Threads of one run; absent: every processor. */
  threads?: number;
}

export type EngineCall =
  | { type: 'load'; model: ModelRef; settings: EngineSettings }
  | { type: 'draw'; request: DrawRequest }
  | { type: 'devices' }
  | { type: 'health' };

/** Parent to engine. A cancel names the call it is about and has no answer of its own. */
export type ToEngine = (EngineCall & { id: number }) | { type: 'cancel'; id: number };

export interface LoadResult {
  device: Device;
  /** Reading configs, emitting graphs and creating sessions. */
  seconds: number;
}

export interface EngineResults {
  load: LoadResult;
  draw: DrawSummary;
  devices: Device[];
  health: EngineHealth;
}

export type FromEngine =
  | { type: 'event'; id: number; event: EngineDrawEvent }
  | { type: 'done'; id: number; result: EngineResults[keyof EngineResults] }
  | { type: 'failed'; id: number; error: { code: ErrorCode; message: string } };
