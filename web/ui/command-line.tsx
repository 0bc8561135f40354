/** To type in a terminal; lines end between words, never inside `--ip-central`. */
export function CommandLine({ line }: { readonly line: string }) {
  return <code class="code">{line.split(' ').flatMap((word, index) => [index > 0 && ' ', <span key={index} class="code-word">{word}</span>])}</code>;
}
