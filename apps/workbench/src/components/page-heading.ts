/** The heading that takes the focus when a page is opened. */
export const PAGE_HEADING_ID = "page-heading";
