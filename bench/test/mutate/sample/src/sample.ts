/** Changed by mutate.test.ts. */
export function isAdult(age: number): boolean {
  return age >= 18
}

export function isChild(age: number): boolean {
  return age < 18
}
