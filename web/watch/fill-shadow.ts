/**
 * Puts HTML with styles into a shadow root, its styles as style sheets: those the page's policy lets through. Elements inside
 * that come with a shadow root of their own fill it themselves.
 */
export function fillShadow(root: ShadowRoot, html: string): void {
  const sheets: CSSStyleSheet[] = [];
  const outer = html.replaceAll(/<template shadowrootmode[\s\S]*?<\/template>/g, '');
  root.innerHTML = outer.replaceAll(/<style>([\s\S]*?)<\/style>/g, (_, css: string) => {
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
