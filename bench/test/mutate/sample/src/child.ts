export function isChild(age: number): boolean {
  return age < 13
}
