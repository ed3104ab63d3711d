import {
  encodeModel,
  type Attribute,
  type ElementType,
  type GraphDefinition,
  type Initializer,
} from './model.ts';
import { externalLocation, type Weight, type Weights } from './weights.ts';

declare const valueBrand: unique symbol;
/** A value inside a graph, by its name. */
export type Value = string & { [valueBrand]: true };

/**
 * How 16-bit weights become float32, and whether float32 ones stay mapped files.
 * `expanded`: constants, expanded and packed once at load: fastest, needs the memory.
 * `mapped`: they stay in the file and are converted layer by layer while the graph runs.
 */
export type Placement = 'expanded' | 'mapped';

const storedTypes: Record<string, ElementType> = {
  F32: 'float32',
  BF16: 'bfloat16',
  F16: 'float16',
};

/** Matrices below this stay constants in either placement. Unit: elements. */
const smallestMapped = 65_536;

/**
 * Builds one ONNX graph node by node. Every method that adds a node gives back its output, so that
 * a network reads like its formula.
 */
export class Graph {
  readonly #definition: GraphDefinition;
  readonly #placement: Placement;
  readonly #constants = new Map<string, Value>();
  #count = 0;

  constructor(name: string, placement: Placement = 'expanded') {
    this.#definition = { name, nodes: [], initializers: [], inputs: [], outputs: [] };
    this.#placement = placement;
  }

  input(name: string, type: ElementType, dims: (number | string)[]): Value {
    this.#definition.inputs.push({ name, type, dims });
    return name as Value;
  }

  /** Names `value` as an output of the graph. */
  output(name: string, value: Value, dims: (number | string)[]): void {
    this.#add('', 'Identity', [value], {}, [name]);
    this.#definition.outputs.push({ name, type: 'float32', dims });
  }

  /** A node of the standard operator set. */
  op(type: string, inputs: Value[], attributes: Record<string, Attribute> = {}): Value {
    return this.#add('', type, inputs, attributes, [this.#name(type)])[0] as Value;
  }

  /** A node of ONNX Runtime's own operator set. */
  microsoft(type: string, inputs: Value[], attributes: Record<string, Attribute> = {}): Value {
    return this.#add('com.microsoft', type, inputs, attributes, [this.#name(type)])[0] as Value;
  }

  /** Equal or listed parts along an axis. */
  split(value: Value, axis: number, sizes: number[]): Value[] {
    const names = sizes.map(() => this.#name('Split'));
    return this.#add('', 'Split', [value, this.ints(sizes)], { axis }, names) as Value[];
  }

  /** Constant int64 vector. */
  ints(values: number[]): Value {
    const data = new BigInt64Array(values.map(BigInt));
    return this.#constant('int64', [values.length], data, values.join());
  }

  /** Constant float32 tensor; one number for `[]`. */
  floats(dims: number[], values: number[]): Value {
    return this.#constant(
      'float32',
      dims,
      Float32Array.from(values),
      `${dims.join()}:${values.join()}`,
    );
  }

  /**
   * A weight as float32, pointing into its file.
   * @param shape what the config promises; a mismatch is an error that names file and tensor.
   * @param options.as another shape of the same elements, for broadcasting.
   * @param options.after the layer's input: in mapped placement a matrix is converted only once
   *   this value is there, so that not the whole model is expanded ahead of the first layer.
   */
  weight(
    weights: Weights,
    name: string,
    shape: number[],
    options: { as?: number[]; after?: Value } = {},
  ): Value {
    const weight = weights.require(name, shape);
    const dims = options.as ?? shape;
    const stored = this.stored(weight, dims);
    if (weight.dtype === 'F32') return stored;
    const size = shape.reduce((product, dim) => product * dim, 1);
    if (this.#placement === 'expanded' || !options.after || size < smallestMapped) {
      return this.toFloat(stored);
    }
    // A reshape to a shape that hangs on the input's dimensions is a free view, cannot be folded
    // away, and makes the conversion wait for the input.
    const nothing = this.op('Mul', [
      this.op('Shape', [options.after], { start: 0, end: 1 }),
      this.ints([0]),
    ]);
    const view = this.op('Reshape', [stored, this.op('Add', [nothing, this.ints(dims)])]);
    return this.toFloat(view);
  }

  /** A weight in the type it is stored in. */
  stored(weight: Weight, dims: number[] = weight.shape): Value {
    const type = storedTypes[weight.dtype] as ElementType;
    const name = `${weight.name}:${dims.join()}`;
    return this.#once(`weight ${name}`, () => ({
      name,
      type,
      dims,
      data: {
        location: externalLocation(weight.file),
        offset: weight.offset,
        length: weight.length,
      },
    }));
  }

  toFloat(value: Value): Value {
    return this.op('Cast', [value], { to: 1 });
  }

  add(a: Value, b: Value): Value {
    return this.op('Add', [a, b]);
  }

  mul(a: Value, b: Value): Value {
    return this.op('Mul', [a, b]);
  }

  /** Row-major reshape; 0 keeps the input's dimension at that place, -1 is what remains. */
  reshape(value: Value, shape: number[] | Value): Value {
    return this.op('Reshape', [value, Array.isArray(shape) ? this.ints(shape) : shape]);
  }

  transpose(value: Value, perm: number[]): Value {
    return this.op('Transpose', [value], { perm });
  }

  concat(values: Value[], axis: number): Value {
    return values.length === 1 ? (values[0] as Value) : this.op('Concat', values, { axis });
  }

  /** One dimension of a value as an int64 vector of length 1. */
  dim(value: Value, axis: number): Value {
    return this.op('Shape', [value], { start: axis, end: axis + 1 });
  }

  /** x·sigmoid(x). */
  silu(value: Value): Value {
    return this.mul(value, this.op('Sigmoid', [value]));
  }

  /** Serialised ONNX model. */
  encode(): Uint8Array {
    return encodeModel(this.#definition);
  }

  #constant(type: ElementType, dims: number[], data: ArrayBufferView, key: string): Value {
    return this.#once(`${type} ${key}`, () => ({
      name: this.#name('constant'),
      type,
      dims,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    }));
  }

  #once(key: string, make: () => Initializer): Value {
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const initializer = make();
    this.#definition.initializers.push(initializer);
    this.#constants.set(key, initializer.name as Value);
    return initializer.name as Value;
  }

  #add(
    domain: string,
    type: string,
    inputs: string[],
    attributes: Record<string, Attribute>,
    outputs: string[],
  ): string[] {
    const name = outputs[0] as string;
    this.#definition.nodes.push({
      domain,
      type,
      name: `${name}/${type}`,
      inputs,
      outputs,
      attributes,
    });
    return outputs;
  }

  #name(type: string): string {
    this.#count += 1;
    return `${type}_${this.#count}`;
  }
}
