/** An answer has something that its format cannot hold. The message says what, and what to do. */
export class UnfitAnswer extends Error {}
