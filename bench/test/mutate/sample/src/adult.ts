// judge.test.ts changes this file.

export function isAdult(age: number): boolean {
  return age >= 18
}

export function isOld(age: number): boolean {
  return age > 70
}
