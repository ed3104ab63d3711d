import type { Runtime } from './runtime.ts';

/** A whole-pixel size. Unit: pixels. */
export interface Size {
  width: number;
  height: number;
}

/**
 * What a model accepts and what it does when nothing is said: the content of its `quartet.json`.
 * A folder without that file gets one derived from its configs by its family.
 */
export interface ModelCard {
  /** The name people type. */
  name: string;
  /** The code that runs it: a file in `models/`. */
  family: string;
  /** Sides in pixels; every side is a multiple of `multiple` from `min` to `max`. `default` and presets are `WxH`. */
  size: {
    default: string;
    min: number;
    max: number;
    multiple: number;
    presets: Record<string, string>;
  };
  /** Denoising steps. */
  steps: { default: number; min: number; max: number };
  /** Guidance scale in the field's usual convention: 1 = off. */
  cfg: { default: number; min: number; max: number };
  /** Most tokens a prompt may have, the chat template's own included. */
  promptTokens: number;
  /** Prompt templates by name; `{prompt}` stands for what the person typed. */
  styles: { name: string; prompt: string }[];
  /** Named settings such as `draft`, `standard` and `final`; what one leaves out keeps its default. */
  presets?: Record<string, { size?: string; steps?: number; cfg?: number }>;
  /** How much the enlarging second pass may change; a model that was made for small pictures takes little. */
  enlarge?: { strength: number };
}

/** A request that was checked against the model's card: nothing left to default or to clamp. */
export interface DrawRequest {
  prompt: string;
  negative: string;
  width: number;
  height: number;
  steps: number;
  /** 1 = off. */
  cfg: number;
  /** One candidate per seed, unsigned 32-bit, drawn in this order, each from its own generator. */
  seeds: number[];
  /** Side of a VAE tile in pixels; 0 = the family decides from the size. */
  tile: number;
  /** Image-to-image: the picture to start from, already of the request's size. */
  image?: { pixels: Uint8Array; strength: number };
  /** Float32 `[count, C, h, w]` at sigma 1, used in place of the seeds' noise. */
  initLatents?: LatentsBatch;
  /**
   * Neighbouring noise: each candidate starts from `baseSeed`'s noise turned towards its own seed's
   * by `strength`, 0 (the same picture) to 1 (its own noise), along the sphere. A variation of a
   * variation first goes where that one had come `via`, in this order.
   */
  variation?: {
    baseSeed: number;
    strength: number;
    via?: { seed: number; strength: number }[] | undefined;
  };
  /** Send each candidate's final latents (before the VAE's scale and shift) with its picture. */
  wantLatents?: boolean;
  /** Send a coarse preview with every step. */
  wantPreviews?: boolean;
}

/** Float32, row-major `[count, channels, height, width]`, height and width in latent cells. */
export interface LatentsBatch {
  data: Float32Array;
  shape: [count: number, channels: number, height: number, width: number];
}

/** Raw 8-bit RGB, row-major `[height, width, 3]`. */
export interface Picture extends Size {
  pixels: Uint8Array;
}

/** Seconds of one candidate by stage; shared stages (text) are counted in the first one. */
export interface StageSeconds {
  text: number;
  denoise: number;
  decode: number;
}

export type DrawEvent =
  | {
      type: 'step';
      candidate: number;
      /** 1-based, of `steps`: this step is done. */
      step: number;
      steps: number;
      /** Wall-clock seconds of this step. */
      seconds: number;
      /** Small RGB estimate of the final picture, one pixel per latent cell. */
      preview?: Picture;
    }
  | {
      type: 'candidate';
      candidate: number;
      seed: number;
      picture: Picture;
      latents?: LatentsBatch;
      seconds: StageSeconds;
    };

/** A model that is loaded on a device. */
export interface Pipeline {
  /**
   * Draws every candidate of a request, one after the other; a candidate's event comes before the
   * next one's first step.
   * @throws AppError CANCELLED when `signal` is aborted: checked before every step and every decode.
   */
  draw(request: DrawRequest, signal: AbortSignal): AsyncGenerator<DrawEvent, void, void>;
  /** Gives every session's memory back. */
  dispose(): Promise<void>;
}

/** Counts tokens as the model will see them, chat template included. */
export interface PromptTokenizer {
  /** Token ids of the templated prompt. */
  encode(prompt: string): number[];
}

/** A model family: everything that is special about one kind of checkpoint. One file in `models/`. */
export interface ModelFamily {
  id: string;
  /** `_class_name` in `model_index.json` that this family runs. */
  pipelineClass: string;
  /** The card of a folder that brings none: grid from the configs, default limits. `@throws AppError MODEL_INVALID` */
  deriveCard(folder: string, name: string): ModelCard;
  /** Reads the tokenizer's files. `@throws AppError MODEL_INVALID` */
  loadTokenizer(folder: string): PromptTokenizer;
  /**
   * Checks every tensor's presence, shape and dtype against the configs without reading weights.
   * @throws AppError MODEL_INVALID naming the file and the tensor.
   */
  check(folder: string): ModelCheck;
  /** `@throws AppError MODEL_INVALID` */
  load(runtime: Runtime, folder: string): Promise<Pipeline>;
  /** Shape of the latents: channels, and picture pixels per cell. `@throws AppError MODEL_INVALID` */
  latentGrid(folder: string): { channels: number; scale: number };
}

/** What a check found: per component the number of tensors, bytes and dtypes. */
export interface ModelCheck {
  components: { name: string; tensors: number; bytes: number; dtypes: string[] }[];
}
