// Changed by judge.test.ts.

export function isAdult(age: number): boolean {
  return age >= 18
}

export function isOld(age: number): boolean {
  return age > 70
}
