import{a,b,c,d,e,f}from"./shared-BBVWDOOF.js";import"./shared-XBHRPAJW.js";export{f as FilesBox,a as holdsFiles,c as namedFiles,b as pastedFiles,d as sendFiles,e as sentWords};
