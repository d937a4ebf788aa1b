// Changed by judge.test.ts.

export function isAdult(age: number): boolean {
  return age >= 18
}

export function isChild(age: number): boolean {
  return age < 13
}

export function isOld(age: number): boolean {
  return age > 70
}
