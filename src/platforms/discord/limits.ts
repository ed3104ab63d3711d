/** Discord's limits, in characters unless said otherwise. */
export const limits = {
  content: 2000,
  buttonLabel: 80,
  /** Buttons in one row, and rows of one message. */
  rowButtons: 5,
  rows: 5,
  altText: 1024,
  threadName: 100,
  description: 100,
  /** Entries of a closed list or of autocomplete, and the length of each. */
  choices: 25,
  choice: 100,
  options: 25,
  /** What a person may type into a slash option, and into a form's field. */
  typed: 6000,
  input: 4000,
  formFields: 5,
  formTitle: 45,
  formLabel: 45,
  formHint: 100,
  nonce: 25,
  /** All new files of one request; Discord refuses 25 MiB, the rest of the request counts too. Unit: bytes. */
  requestBytes: 24 * 1024 * 1024,
  /** One file, by the server's boost level. Unit: bytes. */
  fileBytes: 10 * 1024 * 1024,
  fileBytesTier2: 50 * 1024 * 1024,
  fileBytesTier3: 100 * 1024 * 1024,
} as const;
