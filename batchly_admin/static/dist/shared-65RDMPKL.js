import{a,b,c,d,e,f}from"./shared-NWHCX7JC.js";import"./shared-TML6B7D7.js";export{f as FilesBox,a as holdsFiles,c as namedFiles,b as pastedFiles,d as sendFiles,e as sentWords};
