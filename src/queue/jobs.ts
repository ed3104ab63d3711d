import { z } from 'zod';

/** Its name in its database: one queue for all. */
export const queueName = 'quartet';

/** BullMQ takes no colon in an id and no id that is a number. */
const requestId = z.string().regex(/^(?!\d+$)[\w-]{1,64}$/);
const pixels = z.int().positive();
const seed = z.int().min(0).max(0xffff_ffff);
const strength = z.number().min(0).max(1);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What is drawn: a request that was checked against its model's card, nothing left to default. */
export const drawSettings = z.object({
  /** Registered name. */
  model: z.string().min(1),
  prompt: z.string(),
  negative: z.string(),
  width: pixels,
  height: pixels,
  steps: z.int().positive(),
  /** 1 = off. */
  cfg: z.number(),
  /** One candidate per seed. */
  seeds: z.array(seed).min(1).max(4),
  /** Side of a VAE tile in pixels; 0 = the family decides. */
  tile: z.int().min(0),
  variation: z
    .object({
      baseSeed: seed,
      strength,
      /** A variation of a variation: the turns that led to that one. */
      via: z.array(z.object({ seed, strength })).optional(),
    })
    .optional(),
  /** The picture to start from, by its address in the image store. */
  image: z.object({ sha256, strength }).optional(),
  wantPreviews: z.boolean().default(false),
});
export type DrawSettings = z.output<typeof drawSettings>;

/** One request on its way to a worker. */
export const drawJob = z.object({
  /** Also the job's id: adding it twice adds it once. */
  requestId,
  workspaceId: z.string(),
  requesterId: z.string(),
  /** `idle` (schedules, batches) is drawn only while no person waits. */
  priorityClass: z.enum(['person', 'idle']),
  draw: drawSettings,
});
export type DrawJob = z.output<typeof drawJob>;

/** A person's place in the rounds of a series; see `turns.ts`. */
const turn = z.object({ series: z.string(), round: z.int().positive() });
export type Turn = z.output<typeof turn>;

/** The job as it lies in the queue. */
export const queuedJob = drawJob.extend({
  /** null: idle time has no turns. */
  turn: turn.nullable(),
  /** Set while it runs; its worker looks every half second. */
  isCancelled: z.boolean(),
});
export type QueuedJob = z.output<typeof queuedJob>;

const candidate = z.object({
  /** 1 to 4. */
  number: z.int().min(1).max(4),
  seed,
  sha256,
  width: pixels,
  height: pixels,
});

/** What a worker tells while it draws. */
export const drawProgress = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('step'),
    /** 1 to 4. */
    candidate: z.int(),
    /** 1-based: this step is done. */
    step: z.int(),
    steps: z.int(),
    /** Of this step. */
    seconds: z.number(),
    /** Small PNG in base64. */
    preview: z.string().optional(),
  }),
  /** Its picture is in the image store. */
  z.object({ type: z.literal('candidate'), ...candidate.shape }),
  /** Anything else worth a line: a fallback that was taken, a model that is loading. */
  z.object({ type: z.literal('note'), note: z.string() }),
]);
export type DrawProgress = z.output<typeof drawProgress>;

export const drawResult = z.object({
  /** Wall clock, from the job's start to its last picture. */
  seconds: z.number(),
  candidates: z.array(candidate),
});
export type DrawResult = z.output<typeof drawResult>;
