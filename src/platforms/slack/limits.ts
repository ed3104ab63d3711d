/** Slack's limits, in characters unless said otherwise. */
export const limits = {
  /** A section's or context's text. */
  section: 3000,
  /** All blocks of a message together; Slack answers `msg_blocks_too_long` a little above. */
  message: 10_000,
  /** The plain text beside the blocks: notifications and screen readers. */
  fallback: 4000,
  altText: 2000,
  fileAltText: 1000,
  imageTitle: 2000,
  buttonText: 75,
  buttonValue: 2000,
  /** Elements in one row. */
  rowElements: 25,
  modalTitle: 24,
  modalLabel: 2000,
  placeholder: 150,
  privateMetadata: 3000,
  typed: 3000,
  optionText: 75,
  optionValue: 150,
  /** Entries of one select. */
  selectOptions: 100,
  /** Pictures of a message and everything else of ours stay far below Slack's 1 GB. Unit: bytes. */
  file: 1_000_000_000,
} as const;
