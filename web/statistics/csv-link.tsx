import { useSpeech } from '../language.ts';

/** What is seen as numbers for a spreadsheet. */
export function CsvLink({ href, of }: { readonly href: string; readonly of: string }) {
  const { text } = useSpeech();
  return <a href={href} download aria-label={text.statistics.csvOf(of)}>{text.statistics.csv}</a>;
}
