import type { DrawEvent, DrawRequest } from './model.ts';
import type { Device } from './runtime.ts';

/** A picture comes with the most memory the engine held while it was made. Unit: bytes. */
export type EngineDrawEvent = DrawEvent & { peakBytes?: number };

/** What a finished draw says of itself. Unit: seconds. */
export interface DrawSummary {
  /** From the request's arrival in the engine to the last pixel. */
  seconds: number;
  /** The part of it inside the runtime's own `run`. */
  runSeconds: number;
}

export interface EngineHealth {
  pid: number;
  /** The loaded model's folder. */
  model: string | null;
  device: Device | null;
  residentBytes: number;
}

/**
 * Inference in another process, one draw at a time; draws wait for each other.
 * Failures are AppErrors with ENGINE_DIED, ENGINE_TIMEOUT, OUT_OF_MEMORY, CANCELLED, MODEL_INVALID
 * or DEVICE_UNAVAILABLE; the next call after one starts a fresh process where that is needed.
 */
export interface Engine {
  /** Loads a model and keeps it for the draws that follow. */
  load(model: { family: string; folder: string }): Promise<{ device: Device; seconds: number }>;
  /** Events as they happen; the generator's return value is the summary. */
  draw(
    request: DrawRequest,
    options: { signal: AbortSignal },
  ): AsyncGenerator<EngineDrawEvent, DrawSummary, void>;
  /** Devices whose provider comes with the installed runtime. */
  devices(): Promise<Device[]>;
  /** null while no process runs. */
  health(): Promise<EngineHealth | null>;
  /** Ends the process, and with it gives all memory back; the next draw loads the model again. */
  unload(): Promise<void>;
  close(): Promise<void>;
}
