/** What these tests ask of an element inside the page; the project's own types know no DOM here. */
export interface PageElement {
  readonly outerHTML: string;
  readonly textContent: string;
  readonly labels?: readonly PageElement[];
  readonly ownerDocument: {
    readonly defaultView: {
      getComputedStyle(element: PageElement): { readonly outlineWidth: string; readonly fontSize: string };
    };
  };
  getAttribute(name: string): string | null;
  querySelector(selector: string): PageElement | null;
  checkVisibility(): boolean;
  getBoundingClientRect(): { readonly width: number; readonly height: number };
}
