; Copies of Panecast that run from a folder: whether there are any, and how they are asked to end.
;
; Windows cannot replace a program that runs. Nothing here ends one by force: links, settings and a viewer's last picture
; are the running copy's to put away.

!define TH32CS_SNAPPROCESS 2
!define PROCESS_QUERY_LIMITED_INFORMATION 0x1000
!define PROCESSENTRY32W_SIZE 568
!define ENDSESSION_CLOSEAPP 1
!define WAIT_STEP 200
!define WAIT_STEPS 60

; UN is empty in the installer, "un." in the uninstaller.
!macro Processes UN

; Call with a folder on the stack; a program's process number is there afterwards, 0 where none runs from that folder.
Function ${UN}FindRunning
    Exch $0
    Push $1
    Push $2
    Push $3
    Push $4
    Push $5
    Push $6
    StrCpy $6 0
    System::Call "kernel32::CreateToolhelp32Snapshot(i ${TH32CS_SNAPPROCESS}, i 0) p .r1"
    System::Alloc ${PROCESSENTRY32W_SIZE}
    Pop $2
    System::Call "*$2(i ${PROCESSENTRY32W_SIZE})"
    System::Call "kernel32::Process32FirstW(p r1, p r2) i .r3"
    ${Do}
        ${If} $3 = 0
        ${OrIf} $6 <> 0
            ${Break}
        ${EndIf}
        ; The fourth number is a gap: the pointer behind it lies at a multiple of eight.
        System::Call "*$2(i, i, i .r4, i, p, i, i, i, i, i, &w260 .r5)"
        ${If} $5 == "panecast.exe"
        ${OrIf} $5 == "panecast-cli.exe"
            Push $4
            Call ${UN}PathOf
            Pop $5
            ${If} $5 == "$0\panecast.exe"
            ${OrIf} $5 == "$0\panecast-cli.exe"
                StrCpy $6 $4
            ${EndIf}
        ${EndIf}
        System::Call "kernel32::Process32NextW(p r1, p r2) i .r3"
    ${Loop}
    System::Free $2
    System::Call "kernel32::CloseHandle(p r1)"
    StrCpy $0 $6
    Pop $6
    Pop $5
    Pop $4
    Pop $3
    Pop $2
    Pop $1
    Exch $0
FunctionEnd

; Call with a process number on the stack; the path of its program is there afterwards, empty for those of others.
Function ${UN}PathOf
    Exch $0
    Push $1
    Push $2
    StrCpy $2 ""
    System::Call "kernel32::OpenProcess(i ${PROCESS_QUERY_LIMITED_INFORMATION}, i 0, i r0) p .r1"
    ${If} $1 P<> 0
        System::Call "kernel32::QueryFullProcessImageNameW(p r1, i 0, w .r2, *i ${NSIS_MAX_STRLEN})"
        System::Call "kernel32::CloseHandle(p r1)"
    ${EndIf}
    StrCpy $0 $2
    Pop $2
    Pop $1
    Exch $0
FunctionEnd

; Call with a process number on the stack: its windows are told what Windows tells all when somebody logs off.
Function ${UN}TellToEnd
    Exch $0
    Push $1
    Push $2
    StrCpy $1 0
    ${Do}
        System::Call "user32::FindWindowExW(p 0, p r1, p 0, p 0) p .r1"
        ${If} $1 P= 0
            ${Break}
        ${EndIf}
        System::Call "user32::GetWindowThreadProcessId(p r1, *i .r2)"
        ${If} $2 = $0
            System::Call "user32::SendMessageTimeoutW(p r1, i ${WM_QUERYENDSESSION}, p 0, p ${ENDSESSION_CLOSEAPP}, i 2, i 2000, *p)"
            System::Call "user32::SendMessageTimeoutW(p r1, i ${WM_ENDSESSION}, p 1, p ${ENDSESSION_CLOSEAPP}, i 2, i 2000, *p)"
        ${EndIf}
    ${Loop}
    Pop $2
    Pop $1
    Pop $0
FunctionEnd

; Call with a folder on the stack; 0 is there afterwards when nothing runs from it any more.
Function ${UN}WaitForEnd
    Exch $0
    Push $1
    Push $2
    StrCpy $1 0
    ${Do}
        Push $0
        Call ${UN}FindRunning
        Pop $2
        IntOp $1 $1 + 1
        ${If} $2 = 0
        ${OrIf} $1 > ${WAIT_STEPS}
            ${Break}
        ${EndIf}
        Sleep ${WAIT_STEP}
    ${Loop}
    StrCpy $0 $2
    Pop $2
    Pop $1
    Exch $0
FunctionEnd

; Call with a folder on the stack: whatever runs from it is asked to end, and waited for. Afterwards there is on the
; stack: "none" where nothing ran, "ended", or "runs" where it did not end and the person wants no further try.
Function ${UN}EndRunning
    Exch $0
    Push $1
    Push $2
    Push $0
    Call ${UN}FindRunning
    Pop $1
    StrCpy $2 "none"
    ${While} $1 <> 0
        StrCpy $2 "ended"
        DetailPrint "$(AsksToEnd)"
        ${If} ${FileExists} "$0\panecast-cli.exe"
            nsExec::Exec /TIMEOUT=15000 '"$0\panecast-cli.exe" quit'
            Pop $1
            ; Also where it knew nothing to end: another copy may have other settings.
            ${If} $1 == 0
                Push $0
                Call ${UN}WaitForEnd
                Pop $1
                ${If} $1 = 0
                    ${Break}
                ${EndIf}
            ${EndIf}
        ${EndIf}
        Push $0
        Call ${UN}FindRunning
        Pop $1
        ${If} $1 <> 0
            Push $1
            Call ${UN}TellToEnd
        ${EndIf}
        Push $0
        Call ${UN}WaitForEnd
        Pop $1
        ${If} $1 <> 0
        ${AndIfNot} ${Cmd} `MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "$(StillRuns)" /SD IDCANCEL IDRETRY`
            StrCpy $2 "runs"
            ${Break}
        ${EndIf}
    ${EndWhile}
    ${If} $2 == "ended"
        DetailPrint "$(HasEnded)"
    ${EndIf}
    StrCpy $0 $2
    Pop $2
    Pop $1
    Exch $0
FunctionEnd

!macroend
