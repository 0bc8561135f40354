/** Puts HTML with styles into a shadow root, its styles as style sheets: those the page's policy lets through. */
export function fillShadow(root: ShadowRoot, html: string): void {
  const sheets: CSSStyleSheet[] = [];
  root.innerHTML = html.replaceAll(/<style>([\s\S]*?)<\/style>/g, (_, css: string) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    sheets.push(sheet);
    return '';
  });
  root.adoptedStyleSheets = sheets;
}

/** What stands for the `<style>` elements of a shadow root. */
export function stylesOf(root: ParentNode): readonly { readonly sheet: CSSStyleSheet }[] {
  return root instanceof ShadowRoot ? root.adoptedStyleSheets.map(sheet => ({ sheet })) : [];
}
