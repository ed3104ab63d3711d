import { ProtobufWriter } from './protobuf.ts';

/** Element types by their number in `TensorProto.DataType`. */
export const elementTypes = {
  float32: 1,
  int64: 7,
  float16: 10,
  bfloat16: 16,
} as const;
export type ElementType = keyof typeof elementTypes;

/** Size of one element. Unit: bytes. */
export const elementBytes: Record<ElementType, number> = {
  float32: 4,
  int64: 8,
  float16: 2,
  bfloat16: 2,
};

/** A float attribute; a plain number is written as an integer. */
export interface FloatAttribute {
  float: number;
}
export type Attribute = number | number[] | string | FloatAttribute;

export interface Node {
  domain: string;
  type: string;
  name: string;
  inputs: string[];
  outputs: string[];
  attributes: Record<string, Attribute>;
}

/** A tensor whose bytes lie in the model itself or in another file. */
export interface Initializer {
  name: string;
  type: ElementType;
  dims: number[];
  data: Uint8Array | ExternalData;
}

/** A range of a file. `location` is relative to the folder that the session is told. Unit: bytes. */
export interface ExternalData {
  location: string;
  offset: number;
  length: number;
}

/** A graph's input or output; a dimension is a number or a symbol. */
export interface GraphValue {
  name: string;
  type: ElementType;
  dims: (number | string)[];
}

export interface GraphDefinition {
  name: string;
  nodes: Node[];
  initializers: Initializer[];
  inputs: GraphValue[];
  outputs: GraphValue[];
}

const irVersion = 11;
const opset = 23;

/**
 * Writes an ONNX model: IR 11, opset 23 and ONNX Runtime's `com.microsoft` operators.
 *
 * Source: onnx/onnx.proto of ONNX 1.20 (field numbers).
 */
export function encodeModel(graph: GraphDefinition): Uint8Array {
  const writer = new ProtobufWriter();
  writer.int(1, irVersion).string(2, 'quartet');
  writer.message(7, (message) => writeGraph(message, graph));
  for (const [domain, version] of [
    ['', opset],
    ['com.microsoft', 1],
  ] as const) {
    writer.message(8, (message) => message.string(1, domain).int(2, version));
  }
  return writer.finish();
}

function writeGraph(writer: ProtobufWriter, graph: GraphDefinition): void {
  for (const node of graph.nodes) writer.message(1, (message) => writeNode(message, node));
  writer.string(2, graph.name);
  for (const tensor of graph.initializers) {
    writer.message(5, (message) => writeInitializer(message, tensor));
  }
  for (const value of graph.inputs) writer.message(11, (message) => writeValue(message, value));
  for (const value of graph.outputs) writer.message(12, (message) => writeValue(message, value));
}

function writeNode(writer: ProtobufWriter, node: Node): void {
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.name).string(4, node.type);
  for (const [name, attribute] of Object.entries(node.attributes)) {
    writer.message(5, (message) => writeAttribute(message, name, attribute));
  }
  if (node.domain !== '') writer.string(7, node.domain);
}

function writeAttribute(writer: ProtobufWriter, name: string, attribute: Attribute): void {
  writer.string(1, name);
  if (typeof attribute === 'number') writer.int(3, attribute).int(20, 2);
  else if (typeof attribute === 'string') writer.string(4, attribute).int(20, 3);
  else if (Array.isArray(attribute)) {
    for (const value of attribute) writer.int(8, value);
    writer.int(20, 7);
  } else writer.float(2, attribute.float).int(20, 1);
}

function writeInitializer(writer: ProtobufWriter, tensor: Initializer): void {
  for (const dim of tensor.dims) writer.int(1, dim);
  writer.int(2, elementTypes[tensor.type]).string(8, tensor.name);
  if (tensor.data instanceof Uint8Array) {
    writer.bytes(9, tensor.data);
    return;
  }
  const { location, offset, length } = tensor.data;
  const entries = { location, offset: String(offset), length: String(length) };
  for (const [key, value] of Object.entries(entries)) {
    writer.message(13, (message) => message.string(1, key).string(2, value));
  }
  writer.int(14, 1);
}

function writeValue(writer: ProtobufWriter, value: GraphValue): void {
  writer.string(1, value.name).message(2, (type) =>
    type.message(1, (tensor) =>
      tensor.int(1, elementTypes[value.type]).message(2, (shape) => {
        for (const dim of value.dims) {
          shape.message(1, (dimension) =>
            typeof dim === 'number' ? dimension.int(1, dim) : dimension.string(2, dim),
          );
        }
      }),
    ),
  );
}
