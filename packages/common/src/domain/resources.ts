// What a worker offers and an executor takes.

export interface Resources {
  readonly cores: number
  /** MiB. */
  readonly memoryMb: number
}

export const NO_RESOURCES: Resources = { cores: 0, memoryMb: 0 }

export function addResources(a: Resources, b: Resources): Resources {
  return { cores: a.cores + b.cores, memoryMb: a.memoryMb + b.memoryMb }
}

export function subtractResources(a: Resources, b: Resources): Resources {
  return { cores: a.cores - b.cores, memoryMb: a.memoryMb - b.memoryMb }
}

/** True when `request` can be taken from `free`. */
export function fits(request: Resources, free: Resources): boolean {
  return request.cores <= free.cores && request.memoryMb <= free.memoryMb
}
