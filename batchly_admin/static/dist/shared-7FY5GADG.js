import{a,b,c,d,e,f}from"./shared-MVIUU47C.js";import"./shared-GYEPNNZI.js";export{f as FilesBox,a as holdsFiles,c as namedFiles,b as pastedFiles,d as sendFiles,e as sentWords};
