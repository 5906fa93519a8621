; Setup of Panecast for Windows. installer/windows/build.sh has makensis read it:
;   makensis -DVERSION=1.2.3 -DTREE=FOLDER -DON_TOP=FILE -DOUT=SETUP.EXE -DICON=PANECAST.ICO [-DVIDEO=FOLDER]
;       [-DSIGN=COMMAND] panecast.nsi
; ON_TOP says which files lie on top of the tree beside the programs, each as: !insertmacro OnTop "NAME"
; SIGN is a command that signs the file whose name follows.
;
; For one person and without administrator rights. README.md in this folder has the options and exit codes.

Unicode true
Target amd64-unicode
SetCompressor /SOLID lzma
SetCompressorDictSize 64
ManifestDPIAware true
ManifestSupportedOS all
RequestExecutionLevel user
CRCCheck force
ShowInstDetails nevershow
ShowUninstDetails nevershow

!include MUI2.nsh
!include LogicLib.nsh
!include FileFunc.nsh
!include WordFunc.nsh
!include WinVer.nsh
!include x64.nsh
!insertmacro GetParameters
!insertmacro GetOptions
!insertmacro GetSize
!insertmacro VersionCompare
!insertmacro WordReplace

!define NAME "Panecast"
!define PUBLISHER "Panecast contributors"
!define HOMEPAGE "https://panecast.github.io"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define RUN_KEY "Software\Microsoft\Windows\CurrentVersion\Run"
!define APPROVED_KEY "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
!define SETTINGS "$LOCALAPPDATA\panecast"
!define EXIT_NEWER 3
!define EXIT_RUNS 4
!define EXIT_SYSTEM 5
!define EXIT_FILES 6
!define OLDEST_BUILD 17763

Name "${NAME}"
OutFile "${OUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "${UNINSTALL_KEY}" "InstallLocation"
BrandingText "${NAME} ${VERSION}"

!ifdef SIGN
    !uninstfinalize '${SIGN} "%1"'
    !finalize '${SIGN} "%1"'
!endif

Var Installed       ; version that is there, empty for none
Var InstalledAt     ; where it is
Var WasRunning      ; "ended" when a copy was asked to end

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_RUN "$INSTDIR\panecast.exe"
!insertmacro MUI_PAGE_COMPONENTS
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "German"
!include words.nsh
!include processes.nsh
!insertmacro Processes ""
!insertmacro Processes "un."

VIProductVersion "${VERSION}.0"
!macro VersionOf LANGUAGE
    VIAddVersionKey /LANG=${LANGUAGE} "ProductName" "${NAME}"
    VIAddVersionKey /LANG=${LANGUAGE} "ProductVersion" "${VERSION}"
    VIAddVersionKey /LANG=${LANGUAGE} "FileVersion" "${VERSION}"
    VIAddVersionKey /LANG=${LANGUAGE} "FileDescription" "${NAME} Setup"
    VIAddVersionKey /LANG=${LANGUAGE} "CompanyName" "${PUBLISHER}"
    VIAddVersionKey /LANG=${LANGUAGE} "LegalCopyright" "${PUBLISHER}, MIT"
!macroend
!insertmacro VersionOf ${LANG_ENGLISH}
!insertmacro VersionOf ${LANG_GERMAN}

; ---------------------------------------------------------------- setup

Section "$(ProgramName)" SectionProgram
    SectionIn RO
    Push "$INSTDIR"
    Call EndRunning
    Pop $WasRunning
    ${If} $WasRunning == "runs"
        SetErrorLevel ${EXIT_RUNS}
        Quit
    ${EndIf}

    ; Beside what is there, so that a full disk, or the end of the power, leaves that as it was.
    RMDir /r "$INSTDIR\new"
    SetOutPath "$INSTDIR\new"
    File /r "${TREE}/*"
SectionEnd

!ifdef VIDEO
Section "$(VideoName)" SectionVideo
    SetOutPath "$INSTDIR\new\_internal"
    File /r "${VIDEO}/*"
SectionEnd
!endif

Section "-take over"
    SetOutPath "$INSTDIR"
    Call ReplaceTree
    Pop $0
    ${If} $0 != "ok"
        RMDir /r "$INSTDIR\new"
        MessageBox MB_OK|MB_ICONSTOP "$(CannotReplace)" /SD IDOK
        SetErrorLevel ${EXIT_FILES}
        Quit
    ${EndIf}
    FileOpen $0 "$INSTDIR\_internal\installed-as" w
    FileWrite $0 "windows"
    FileClose $0
    Call LeaveOldPlace

    WriteUninstaller "$INSTDIR\uninstall.exe"
    CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\panecast.exe"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "${NAME}"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\panecast.exe,0"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "${PUBLISHER}"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "URLInfoAbout" "${HOMEPAGE}"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
    WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
    WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
    ${GetSize} "$INSTDIR" "/S=0K" $0 $1 $2
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "EstimatedSize" $0
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
    StrCpy $0 0
    ${If} ${FileExists} "$INSTDIR\_internal\av\*.*"
        StrCpy $0 1
    ${EndIf}
    WriteRegDWORD HKCU "${UNINSTALL_KEY}" "Video" $0
SectionEnd

Section /o "$(FirewallName)" SectionFirewall
    ClearErrors
    ExecShellWait "runas" "$SYSDIR\netsh.exe" 'advfirewall firewall add rule name="${NAME}" dir=in action=allow protocol=TCP profile=private,domain program="$INSTDIR\panecast.exe" enable=yes' SW_HIDE
    ${If} ${Errors}
        DetailPrint "$(NoRule)"
    ${Else}
        WriteRegDWORD HKCU "${UNINSTALL_KEY}" "FirewallRule" 1
    ${EndIf}
SectionEnd

Section "-start again"
    ${If} $WasRunning == "ended"
        Exec '"$INSTDIR\panecast.exe" --minimized'
    ${EndIf}
SectionEnd

; Puts the new tree in the place of the old one. "ok" is on the stack afterwards; else all is as it was.
Function ReplaceTree
    RMDir /r "$INSTDIR\old"
    CreateDirectory "$INSTDIR\old"
    ClearErrors
    ${If} ${FileExists} "$INSTDIR\_internal\*.*"
        Rename "$INSTDIR\_internal" "$INSTDIR\old\_internal"
    ${EndIf}
    ${If} ${FileExists} "$INSTDIR\panecast.exe"
        Rename "$INSTDIR\panecast.exe" "$INSTDIR\old\panecast.exe"
    ${EndIf}
    ${If} ${FileExists} "$INSTDIR\panecast-cli.exe"
        Rename "$INSTDIR\panecast-cli.exe" "$INSTDIR\old\panecast-cli.exe"
    ${EndIf}
    ${IfNot} ${Errors}
        Rename "$INSTDIR\new\_internal" "$INSTDIR\_internal"
        Rename "$INSTDIR\new\panecast.exe" "$INSTDIR\panecast.exe"
        Rename "$INSTDIR\new\panecast-cli.exe" "$INSTDIR\panecast-cli.exe"
    ${EndIf}
    ${If} ${Errors}
        ${If} ${FileExists} "$INSTDIR\old\_internal\*.*"
            RMDir /r "$INSTDIR\_internal"
            Rename "$INSTDIR\old\_internal" "$INSTDIR\_internal"
        ${EndIf}
        ${If} ${FileExists} "$INSTDIR\old\panecast.exe"
            Delete "$INSTDIR\panecast.exe"
            Rename "$INSTDIR\old\panecast.exe" "$INSTDIR\panecast.exe"
        ${EndIf}
        ${If} ${FileExists} "$INSTDIR\old\panecast-cli.exe"
            Delete "$INSTDIR\panecast-cli.exe"
            Rename "$INSTDIR\old\panecast-cli.exe" "$INSTDIR\panecast-cli.exe"
        ${EndIf}
        RMDir "$INSTDIR\old"
        Push "failed"
        Return
    ${EndIf}
    ; Licences and the like, which no program has open.
    !macro OnTop FILE
        Delete "$INSTDIR\${FILE}"
        Rename "$INSTDIR\new\${FILE}" "$INSTDIR\${FILE}"
    !macroend
    !include "${ON_TOP}"
    !macroundef OnTop
    RMDir /r "$INSTDIR\new"
    RMDir /r "$INSTDIR\old"
    Push "ok"
FunctionEnd

; An installation at another place goes; where Windows starts the program from there, it starts this one.
Function LeaveOldPlace
    ${If} $InstalledAt == ""
    ${OrIf} $InstalledAt == $INSTDIR
    ${OrIfNot} ${FileExists} "$InstalledAt\uninstall.exe"
        Return
    ${EndIf}
    ReadRegStr $0 HKCU "${RUN_KEY}" "${NAME}"
    ExecWait '"$InstalledAt\uninstall.exe" /S /MOVED _?=$InstalledAt'
    Delete "$InstalledAt\uninstall.exe"
    RMDir "$InstalledAt"
    ${If} $0 != ""
        ${WordReplace} "$0" "$InstalledAt\" "$INSTDIR\" "+" $0
        WriteRegStr HKCU "${RUN_KEY}" "${NAME}" "$0"
    ${EndIf}
FunctionEnd

Function .onInit
    ${IfNot} ${RunningX64}
    ${OrIfNot} ${AtLeastBuild} ${OLDEST_BUILD}
        MessageBox MB_OK|MB_ICONSTOP "$(WrongSystem)" /SD IDOK
        SetErrorLevel ${EXIT_SYSTEM}
        Quit
    ${EndIf}
    ReadRegStr $Installed HKCU "${UNINSTALL_KEY}" "DisplayVersion"
    ReadRegStr $InstalledAt HKCU "${UNINSTALL_KEY}" "InstallLocation"
    ${GetParameters} $0

    ${If} $Installed != ""
        ${VersionCompare} "$Installed" "${VERSION}" $1
        ${If} $1 = 1
            ClearErrors
            ${GetOptions} $0 "/DOWNGRADE" $2
            ${If} ${Errors}
            ${AndIfNot} ${Cmd} `MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(IsNewer)" /SD IDNO IDYES`
                SetErrorLevel ${EXIT_NEWER}
                Quit
            ${EndIf}
        ${EndIf}
    ${EndIf}

    !ifdef VIDEO
        ; As it was chosen last, until the command line says otherwise.
        ReadRegDWORD $1 HKCU "${UNINSTALL_KEY}" "Video"
        ${If} $Installed != ""
        ${AndIf} $1 == 0
            SectionSetFlags ${SectionVideo} 0
        ${EndIf}
        ClearErrors
        ${GetOptions} $0 "/NOVIDEO" $1
        ${IfNot} ${Errors}
            SectionSetFlags ${SectionVideo} 0
        ${EndIf}
        ClearErrors
        ${GetOptions} $0 "/VIDEO" $1
        ${IfNot} ${Errors}
            SectionSetFlags ${SectionVideo} ${SF_SELECTED}
        ${EndIf}
    !endif
    ClearErrors
    ${GetOptions} $0 "/FIREWALL" $1
    ${IfNot} ${Errors}
        SectionSetFlags ${SectionFirewall} ${SF_SELECTED}
    ${EndIf}
FunctionEnd

!insertmacro MUI_FUNCTION_DESCRIPTION_BEGIN
    !insertmacro MUI_DESCRIPTION_TEXT ${SectionProgram} "$(ProgramWords)"
    !ifdef VIDEO
        !insertmacro MUI_DESCRIPTION_TEXT ${SectionVideo} "$(VideoWords)"
    !endif
    !insertmacro MUI_DESCRIPTION_TEXT ${SectionFirewall} "$(FirewallWords)"
!insertmacro MUI_FUNCTION_DESCRIPTION_END

; ---------------------------------------------------------------- removal

Section "Uninstall"
    Push "$INSTDIR"
    Call un.EndRunning
    Pop $0
    ${If} $0 == "runs"
        SetErrorLevel ${EXIT_RUNS}
        Quit
    ${EndIf}
    ; By name, for other things may lie in a folder that somebody has chosen.
    RMDir /r "$INSTDIR\_internal"
    RMDir /r "$INSTDIR\new"
    RMDir /r "$INSTDIR\old"
    Delete "$INSTDIR\panecast.exe"
    Delete "$INSTDIR\panecast-cli.exe"
    !macro OnTop FILE
        Delete "$INSTDIR\${FILE}"
    !macroend
    !include "${ON_TOP}"
    !macroundef OnTop
    Delete "$INSTDIR\uninstall.exe"
    RMDir "$INSTDIR"

    ${GetParameters} $0
    ClearErrors
    ${GetOptions} $0 "/MOVED" $1
    ${IfNot} ${Errors}
        Return
    ${EndIf}
    Delete "$SMPROGRAMS\${NAME}.lnk"
    DeleteRegValue HKCU "${RUN_KEY}" "${NAME}"
    DeleteRegValue HKCU "${APPROVED_KEY}" "${NAME}"
    ReadRegDWORD $1 HKCU "${UNINSTALL_KEY}" "FirewallRule"
    ${If} $1 == 1
        ClearErrors
        ; Without a question where setup was asked not to ask any.
        ${If} ${Silent}
            nsExec::Exec 'netsh.exe advfirewall firewall delete rule name="${NAME}"'
            Pop $1
            ${If} $1 != 0
                SetErrors
            ${EndIf}
        ${Else}
            ExecShellWait "runas" "$SYSDIR\netsh.exe" 'advfirewall firewall delete rule name="${NAME}"' SW_HIDE
        ${EndIf}
        ${If} ${Errors}
            MessageBox MB_OK|MB_ICONINFORMATION "$(RuleStays)" /SD IDOK
        ${EndIf}
    ${EndIf}
    DeleteRegKey HKCU "${UNINSTALL_KEY}"

    ClearErrors
    ${GetOptions} $0 "/PURGE" $1
    ${IfNot} ${Errors}
        RMDir /r "${SETTINGS}"
    ${ElseIf} ${FileExists} "${SETTINGS}\*.*"
    ${AndIf} ${Cmd} `MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "$(SettingsToo)" /SD IDNO IDYES`
        RMDir /r "${SETTINGS}"
    ${EndIf}
SectionEnd
