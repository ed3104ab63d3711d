/** Where inference can be asked to run. `auto` picks the best device that is there. */
export const devices = ['auto', 'cpu', 'cuda', 'dml', 'coreml', 'webgpu'] as const;
export type DeviceChoice = (typeof devices)[number];
export type Device = Exclude<DeviceChoice, 'auto'>;

/** Row-major tensor at a graph's edge: float32 or int64 only, whatever the weights are stored in. */
export interface Tensor {
  dims: number[];
  data: Float32Array | BigInt64Array;
}

/** Float32 tensor, row-major. */
export interface FloatTensor {
  dims: number[];
  data: Float32Array;
}

/** One compiled graph. */
export interface Session {
  /** Runs the graph; blocks the event loop of the process meanwhile. Outputs are float32. */
  run(inputs: Record<string, Tensor>): Promise<Record<string, FloatTensor>>;
  /** Gives the memory back. */
  release(): Promise<void>;
}

/** The only thing a model family sees of ONNX Runtime; `src/engine` implements it. */
export interface Runtime {
  readonly device: Device;
  /**
   * Whether this many bytes of float32 weights should be expanded in memory (fastest) or stay
   * mapped files that are converted layer by layer.
   */
  placementFor(expandedBytes: number): 'expanded' | 'mapped';
  /**
   * Compiles a serialised ONNX model whose external data lies at paths relative to the file
   * system's root.
   * @throws AppError MODEL_INVALID or OUT_OF_MEMORY
   */
  createSession(model: Uint8Array, placement: 'expanded' | 'mapped'): Promise<Session>;
  /** Seconds spent inside `run` of all sessions so far: the pure inference time. */
  runSeconds(): number;
}
