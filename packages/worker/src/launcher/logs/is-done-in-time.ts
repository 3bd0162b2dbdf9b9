/** True when the work is done within the limit, false when it takes longer; it goes on then. */
export async function isDoneInTime(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs)
  })
  const done = work.then(() => true)
  return await Promise.race([done, late]).finally(() => clearTimeout(timer))
}
