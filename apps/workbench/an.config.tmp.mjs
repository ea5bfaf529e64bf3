import base from "/work/main/apps/workbench/vite.config.ts";
import { writeFileSync } from "node:fs";
export default { ...base, root: "/work/main/apps/workbench", plugins: [...base.plugins, { name: "an", generateBundle(_, b) { const out=[]; for (const c of Object.values(b)) if (c.type==="chunk") for (const [id,m] of Object.entries(c.modules)) out.push([c.fileName,id.replace(/.*node_modules\//,"nm/").replace("/work/main/",""),m.renderedLength, m.code?.length]); writeFileSync("/tmp/an.json", JSON.stringify(out)); } }] };
