export const QUOTE: u8 = 0x22
export const COMMA: u8 = 0x2c
export const MINUS: u8 = 0x2d
export const ZERO: u8 = 0x30
export const LF: u8 = 0x0a
export const CR: u8 = 0x0d
