/**
 * The words of one of Spark's option strings (`spark.driver.extraJavaOptions` and its like) as Spark's own
 * Utils.splitCommandString finds them (3.5 to 4.3): white space parts words, single quotes take everything as it
 * is, and between double quotes a backslash takes the next character as it is. Elsewhere a backslash is a
 * character like any other. A quote that is not closed ends with the text.
 */
export function splitCommandString(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote: string | undefined
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (quote !== undefined && char === quote) quote = undefined
    else if (quote === '"' && char === '\\') {
      at += 1
      word = (word ?? '') + text.charAt(at)
    } else if (quote === undefined && (char === '"' || char === "'")) {
      quote = char
      word ??= ''
    } else if (quote === undefined && isSpace(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (word !== undefined) words.push(word)
  return words
}

// No other white space counts for Spark, a line's no-break space for example.
function isSpace(char: string): boolean {
  return char === ' ' || char === '\t' || char === '\r' || char === '\n'
}
