import { join } from 'node:path';
import type { Placement } from '#src/onnx/graph.ts';
import { openWeights, type Weights } from '#src/onnx/weights.ts';
import type { Runtime, Session } from '#src/types/runtime.ts';
import type { ZImageConfig } from './config.ts';
import { emitCaption, emitDenoiser, emitModulation } from './denoiser.ts';
import { emitTextEncoder } from './text-encoder.ts';
import { emitVaeDecoder, emitVaeEncoder } from './vae.ts';

/** Components with weights, and their files' names without the ending. */
export const components = {
  text_encoder: 'model',
  transformer: 'diffusion_pytorch_model',
  vae: 'diffusion_pytorch_model',
} as const;
type Component = keyof typeof components;
export type ModelWeights = Record<Component, Weights>;

/** @throws AppError MODEL_INVALID naming the file */
export function openModelWeights(folder: string): ModelWeights {
  const open = (component: Component) =>
    openWeights(join(folder, component), components[component]);
  return { text_encoder: open('text_encoder'), transformer: open('transformer'), vae: open('vae') };
}

type Emit = (placement: Placement) => Uint8Array;
export const graphNames = [
  'textEncoder',
  'caption',
  'modulation',
  'denoiser',
  'vaeDecoder',
  'vaeEncoder',
] as const;
export type GraphName = (typeof graphNames)[number];

/** The six graphs of a model, each emitted when it is asked for; together they touch every weight that is used. */
export function modelGraphs(config: ZImageConfig, weights: ModelWeights): Record<GraphName, Emit> {
  const { textEncoder, transformer, vae } = config;
  return {
    textEncoder: (placement) => emitTextEncoder(textEncoder, weights.text_encoder, placement),
    caption: (placement) => emitCaption(transformer, weights.transformer, placement),
    modulation: (placement) => emitModulation(transformer, weights.transformer, placement),
    denoiser: (placement) => emitDenoiser(transformer, weights.transformer, placement),
    vaeDecoder: (placement) => emitVaeDecoder(vae, weights.vae, placement),
    vaeEncoder: (placement) => emitVaeEncoder(vae, weights.vae, placement),
  };
}

/** Sessions by graph, each created at its first use and kept until all are released. */
export interface Sessions {
  get(name: GraphName): Promise<Session>;
  /** Creates what every picture needs. The encoder waits until a picture is given. */
  prepare(): Promise<void>;
  release(): Promise<void>;
}

export function createSessions(
  runtime: Runtime,
  config: ZImageConfig,
  weights: ModelWeights,
): Sessions {
  const graphs = modelGraphs(config, weights);
  const placement = runtime.placementFor(expandedBytes(weights));
  const open = new Map<GraphName, Promise<Session>>();

  function get(name: GraphName): Promise<Session> {
    let session = open.get(name);
    if (!session) {
      session = runtime.createSession(graphs[name](placement), placement);
      open.set(name, session);
      // A session that could not be made is tried again at the next request.
      session.catch(() => open.delete(name));
    }
    return session;
  }

  return {
    get,
    async prepare() {
      for (const name of graphNames) if (name !== 'vaeEncoder') await get(name);
    },
    async release() {
      const sessions = await Promise.allSettled(open.values());
      open.clear();
      for (const session of sessions) {
        if (session.status === 'fulfilled') await session.value.release();
      }
    },
  };
}

/** Bytes of all weights as float32. */
function expandedBytes(weights: ModelWeights): number {
  let bytes = 0;
  for (const component of Object.values(weights)) {
    for (const { dtype, length } of component.all()) bytes += dtype === 'F32' ? length : 2 * length;
  }
  return bytes;
}
